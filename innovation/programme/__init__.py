"""The programme as data: sub-projects, areas, municipalities and the people named to them."""
