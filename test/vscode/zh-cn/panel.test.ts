import * as assert from 'node:assert/strict';
import { closeEverything } from '../support/editor.ts';
import { lines, panel, runOfCatalogue, selectLine, textOf } from '../support/panel.ts';

describe('the panel in Chinese', () => {
  afterEach(closeEverything);

  it('title, cards, lines and reasons are Chinese', async () => {
    await runOfCatalogue('B2');
    for (const part of ['h1', '.question', '.cards', '.expectations', '.takeaway']) {
      assert.match(await textOf(part), /\p{Script=Han}/u, part);
    }
    const spoken = await lines();
    assert.deepEqual(
      spoken.filter((line) => !/\p{Script=Han}/u.test(line)),
      [],
    );
    await panel.focus('[role=tree]');
    await panel.press('End');
    await selectLine('RST');
    const why = await textOf('.why');
    assert.match(why, /\p{Script=Han}.*tcp_keepalive_probes = 9/u);
  });
});
