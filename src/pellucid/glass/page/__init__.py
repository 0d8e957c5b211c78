"""An explained step as a page: one HTML file in which every number can be opened."""

from pellucid.glass.page.page import IN_A_NOTEBOOK, framed, page, too_large
from pellucid.glass.page.trace import trace

__all__ = ["IN_A_NOTEBOOK", "framed", "page", "too_large", "trace"]
