// The links of a page in Markdown.

/**
 * Returns the files that a page links to or shows, and the fragments in them; links to other hosts are left out.
 *
 * @param {string} text
 * @returns {{ target: string, fragment?: string }[]} `target` is empty for the page itself
 */
export function linksOf(text) {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g)];
  return links.map(([, link]) => link).filter((link) => !/^[a-z]+:/.test(link)).map((link) => {
    const [target, fragment] = link.split('#');
    return { target, fragment };
  });
}
