"""One script a page; the folder is the section of the menu. `frame` is what stands around every page."""
