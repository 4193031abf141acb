"""Reads a page's form the way a browser would send it back."""

import html5lib


def fields_of(page: str, place: int = 0) -> dict[str, str]:
    """Give the fields of the page's longest form inside main, filled as they stand.

    place: which of the forms, counted from the longest.
    """
    root = html5lib.parse(page, namespaceHTMLElements=False)
    main = root.find(".//main")
    forms = sorted(main.iter("form"), key=lambda form: -len(list(form.iter())))
    fields: dict[str, str] = {}
    for field in forms[place].iter():
        name = field.attrib.get("name") if isinstance(field.tag, str) else None
        if not name:
            continue
        if field.tag == "textarea":
            fields[name] = "".join(field.itertext())
        elif field.tag == "select":
            chosen = [one for one in field.iter("option") if "selected" in one.attrib]
            first = next(field.iter("option"), None)
            option = chosen[0] if chosen else first
            fields[name] = option.attrib.get("value", "") if option is not None else ""
        elif field.attrib.get("type") in {"checkbox", "radio"}:
            if "checked" in field.attrib:
                fields[name] = field.attrib.get("value", "on")
        elif field.tag == "input":
            fields[name] = field.attrib.get("value", "")
    return fields
