import { play } from '/work/wt/explain/extension/engine/play.ts';
import { plan, POWER_LOSS, KEEPALIVE, SEND_AT_2, KILLED } from '/work/wt/explain/test/support/plans.ts';
import * as x from '/work/wt/explain/extension/trace/explain/index.ts';
import { WorldIndex } from '/work/wt/explain/extension/trace/world.ts';
const show = (t: any, id: number) => { console.log('?', x.clock(t.timeAt(id)), x.describeEvent(t, id)); for (const s of x.explainWhy(t, id)) console.log('   -', s.text, s.action===undefined?'':'=> '+x.statementLabel(t,s.action), s.rule?JSON.stringify(s.rule):''); };
for (const [name, p] of [['A1', plan([KILLED])],['B2',plan([KEEPALIVE,POWER_LOSS])],['C1',plan([POWER_LOSS,SEND_AT_2])]] as const) {
  const t = play(p);
  console.log('=====', name, t.length);
  if (process.argv[2]===name) for (const e of t.events()) console.log(e.id, JSON.stringify(e), x.describeEvent(t,e.id));
  const sent=[...t.eventsOf('segment.sent')];
  show(t, sent.at(-1)!.id); if (sent.length>9) show(t, sent.at(-2)!.id);
  for (const e of t.eventsOf('tcp.error')) show(t,e.id);
  for (const e of t.eventsOf('call.returned')) if (e.errno!=='OK'||(e.call==='recv'&&!e.value)) show(t,e.id);
  for (const e of t.eventsOf('end.gone')) show(t,e.id);
  const w=new WorldIndex(t).at(name==='C1'?900e6:name==='A1'?1.005e6:7850e6);
  console.log(x.verdict(t,w,t.ends()[0]!.place));
  console.log('silence', x.explainSilence(t, t.lastEventAt(1.5e6), t.lastEventAt(1.5e6)+1));
}
