"""Settings of the documentation, for Sphinx: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

project = "pellucid"
author = "The pellucid developers"
copyright = "the pellucid developers"
extensions = ["myst_parser", "sphinx_gallery.gen_gallery", "site_of_pellucid"]
myst_heading_anchors = 3
#: doctor.md is one page for readers of the repository; here each code has its own
exclude_patterns = ["built", "doctor.md", "generated/gallery/*.md5"]
html_title = "pellucid"
html_theme = "pydata_sphinx_theme"
html_static_path = ["static"]
html_css_files = ["pellucid.css"]
html_js_files = ["names.js"]
html_theme_options = {
    "header_links_before_dropdown": 6,
    "navbar_end": ["theme-switcher"],
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_end": [],
}
html_show_sourcelink = False
html_copy_source = False
sphinx_gallery_conf = {
    "examples_dirs": str(HERE.parent / "examples"),
    "gallery_dirs": "generated/gallery",
    "filename_pattern": r"\.py$",
    "download_all_examples": False,
    "show_signature": False,
    "min_reported_time": 1e9,
    "write_computation_times": False,
    "abort_on_example_error": True,
}
# the pages are Markdown for readers of the repository too: their links are looked at by
# site_of_pellucid/links.py, and files outside of docs/ stand at the repository
suppress_warnings = ["myst.header", "config.cache"]
