// The explanation of a token that was tapped, beside the finger.

import { noteOf } from './anatomy.js';
import { byId, element, fill, shown } from './dom.js';

const tip = byId('tip');
const GAP = 18;

function hideTip() {
  tip.hidden = true;
}

/**
 * Shows what is known of a token, or the error of its line, above the finger, or below it where there is more space.
 *
 * @param {{ row: object, token?: object } | undefined} under what was tapped
 * @param {{ pageX: number, pageY: number, clientY: number }} event
 */
export function showTip(under, { pageX, pageY, clientY }) {
  const { row, token } = under ?? {};
  if (!token && !row?.error) return hideTip();
  fill(tip, ...(token ? noteOf(row, token) : []), row.error && element('p.wrong', shown(row.error.message, 300)));
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(pageX - width / 2, document.documentElement.clientWidth - width - 8))}px`;
  tip.style.top = `${clientY > height + 2 * GAP ? pageY - height - GAP : pageY + GAP}px`;
  return undefined;
}

byId('scroller').addEventListener('scroll', hideTip, { passive: true });
document.addEventListener('pointerdown', ({ target }) => tip.contains(target) || hideTip());
document.addEventListener('keydown', hideTip);
