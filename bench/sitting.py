"""What a sitting costs: `python -m bench.sitting` decides on the demo's items with keys alone.

A real browser, a real server with the demo. The presses and the waits are measured; reading is
reckoned by its words, since a machine does not read.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from innovation.demo.people import DOMAIN, PASSWORD
from tests.journeys import steps
from tests.journeys.sitting import Sitting
from tests.journeys.windows import street
from tests.real import browser as real_browser
from tests.real.server import serving

# Reading with care, and finding a key.
WORDS_A_MINUTE, SECONDS_A_PRESS = 150, 0.8
# What is read of a card each time: why it is here, the texts, the checklist; the rest is looked up.
READ = ".desk-card h1, .desk-card .said, .desk-card .desk-why, .desk-card .desk-found"
WIDE = {"width": 1280, "height": 900}


def sit(items: int) -> tuple[Sitting, list[int]]:
    """Decide on so many items; gives the sitting, and the words of what stands on each card."""
    with (
        tempfile.TemporaryDirectory() as folder,
        real_browser.opened() as browser,
        serving(Path(folder), "sitting") as server,
        street(browser, server.url) as opened,
    ):
        server.flask("demo", "load")
        window = opened.window()
        steps.sign_in(window, f"moderaattori@{DOMAIN}", PASSWORD)
        window.page.set_viewport_size(WIDE)
        sitting = Sitting(window.page)
        sitting.begin()
        words = []
        while len(sitting.done) < items:
            texts = sitting.page.locator(READ).all_inner_texts()
            words.append(len(" ".join(texts).split()))
            sitting.decide()
        return sitting, words


def main() -> None:
    """Print the presses, waits and reckoned seconds of each item, and the time of the sitting."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--items", type=int, default=20)
    sitting, words = sit(reader.parse_args().items)
    whole = 0.0
    print("kind      presses  wait ms  words  seconds")
    for item, read in zip(sitting.done, words, strict=True):
        seconds = 60 * read / WORDS_A_MINUTE + SECONDS_A_PRESS * len(item.keys) + item.waited
        whole += seconds
        print(
            f"{item.kind:<10}{len(item.keys):>7}{1000 * item.waited:>9.0f}{read:>7}{seconds:>9.1f}"
        )
    waits = [item.waited for item in sitting.done]
    presses = [len(item.keys) for item in sitting.done]
    print(
        f"\n{len(waits)} items: {statistics.mean(presses):.1f} presses and one wait each"
        f" (p50 {1000 * statistics.median(waits):.0f} ms, all {sum(waits):.1f} s);"
        f" with reading {whole / 60:.1f} minutes, {whole / len(waits):.1f} s an item."
    )


if __name__ == "__main__":
    main()
