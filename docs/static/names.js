// Names for what the theme leaves nameless, or names otherwise than it reads, to screen readers.
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("button.search-button-field")) {
    button.ariaLabel = button.textContent.replace(/\s+/g, " ").trim();
  }
  for (const fold of document.querySelectorAll("summary:has(> .toctree-toggle)")) {
    const page = fold.closest("li")?.querySelector("a");
    fold.ariaLabel = `Pages below ${page?.textContent.trim() ?? "this one"}`;
  }
});
