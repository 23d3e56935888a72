import { all } from '../shared/dom.js';
import { openLiveChannel } from '../shared/live-channel.js';

for (const button of all('show')) {
  button.addEventListener('click', () => {
    document.body.dataset.shown = button.dataset.show;
    for (const other of all('show')) other.setAttribute('aria-pressed', String(other === button));
  });
}

// On a phone the live view is out of sight while shopping; the badge says that something moves there.
const channel = openLiveChannel((message) => {
  if (message.kind !== 'stats') return;
  const waiting = Object.values(message.stats.destinations).reduce((sum, { waiting, held }) => sum + waiting + held, 0);
  for (const badge of all('badge')) {
    badge.hidden = waiting === 0;
    badge.title = 'events waiting';
    badge.textContent = String(waiting);
  }
});
channel.post({ kind: 'hello' });
