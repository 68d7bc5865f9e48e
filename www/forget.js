// The dialog of what this browser keeps, and the way to forget it.

import { button, byId, element, fill, hint, openDialog, say } from './dom.js';
import { forgetSession, keepSoon, keptWords, omittedNames } from './kept.js';
import { forget, preference, setPreference } from './preferences.js';

export function openKept() {
  const list = element('div');
  const show = () => {
    const words = keptWords();
    fill(list,
      words.length ? element('ul', ...[...words, 'the theme and other choices of how the page looks'].map((word) => element('li', word))) : element('p', 'Lines, format and pipeline are not kept.'),
      omittedNames().length > 0 && hint(`${omittedNames().join(', ')}: files of more than 16 MB are not kept.`));
  };
  const keeps = element('input', { type: 'checkbox', checked: preference('keep') });
  keeps.addEventListener('change', async () => {
    setPreference('keep', keeps.checked);
    if (keeps.checked) keepSoon();
    else await forgetSession();
    show();
  });
  const forgetAll = async () => {
    const isOff = !preference('keep');
    await forgetSession();
    forget();
    if (isOff) setPreference('keep', false);
    byId('dialog').close();
    say('Forgotten. The next change is kept again, unless you switch that off.');
  };
  show();
  openDialog('Kept in this browser', 'session',
    element('p', 'The page keeps its state in the storage of this browser, so that nothing is lost when the tab is closed. It is private: it is never sent, and other sites cannot read it. Other people who use this browser can.'),
    list,
    element('p', element('label', keeps, ' Keep lines, format and pipeline from now on')),
    element('p', button('Forget', forgetAll, { class: 'primary' })));
}
