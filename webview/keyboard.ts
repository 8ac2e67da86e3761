import type { Panel } from './panel.ts';

/** The page's keys. Whatever has the focus and its own use for a key keeps it. */
export function onKey(event: KeyboardEvent, panel: Panel): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target instanceof HTMLElement ? event.target : undefined;
  if (target?.matches('select, input, textarea') === true) return;
  switch (event.key) {
    case 'ArrowRight':
    case 'ArrowLeft': {
      const direction = event.key === 'ArrowRight' ? 1 : -1;
      panel.pause();
      if (event.shiftKey) panel.step(direction, 'event');
      else panel.step(direction);
      break;
    }
    case 'ArrowDown':
    case 'ArrowUp':
      // In the list of lines only: elsewhere they scroll.
      if (target?.matches('[role="tree"]') !== true) return;
      panel.pause();
      panel.step(event.key === 'ArrowDown' ? 1 : -1, 'row');
      break;
    case 'Home':
    case 'End':
      panel.pause();
      panel.edge(event.key === 'Home' ? -1 : 1);
      break;
    case ' ':
      if (target?.matches('button, a, summary') === true) return;
      panel.togglePlay();
      break;
    default:
      return;
  }
  event.preventDefault();
}
