import { describe, expect, it } from 'vitest';
import type { RunPlan } from '../../extension/scenario/plan.ts';
import { parseScenarios } from '../../extension/language/parse.ts';
import { withBase } from './support.ts';

function planOf(lines: string): RunPlan {
  const { scenarios, problems } = parseScenarios(withBase(lines));
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return scenarios[0]!.runs[0]!;
}

/** What a statement comes to, without where it stands. */
function actionOf(lines: string): object {
  const { range, text, trigger, ...action } = planOf(lines).actions.at(-1)!;
  expect(text).not.toBe('');
  expect([range, trigger]).toBeDefined();
  return action;
}

function boxOf(lines: string): object {
  const { range, ...box } = planOf(lines).middleboxes!.at(-1)!;
  expect(range).toBeDefined();
  return box;
}

describe('what stands on a link', () => {
  const edge = { kind: 'router', name: 'edge', link: 'wire' };
  it.each([
    ['router edge on wire', { ...edge, reports: { message: 'host unreachable', after: 0 } }],
    ['router edge on wire { reports nothing }', edge],
    ['router edge on wire { reports nothing  mtu 1400 B }', { ...edge, mtu: 1400 }],
    [
      'router edge on wire { reports TOS host unreachable }',
      { ...edge, reports: { message: 'TOS host unreachable', after: 0 } },
    ],
    [
      'router edge on wire { reports network unreachable after 3s  stands 1ms from client }',
      { ...edge, distance: 1000, reports: { message: 'net unreachable', after: 3_000_000 } },
    ],
    [
      'router edge on wire { stands 1ms from server }',
      { ...edge, distance: 4000, reports: { message: 'host unreachable', after: 0 } },
    ],
    [
      'firewall wall on wire {\n  drops SYNs from client to port 80\n  rejects segments with RST\n  rejects FINs with port unreachable until 5s\n}',
      {
        kind: 'firewall',
        name: 'wall',
        link: 'wire',
        rules: [
          { effect: { kind: 'drop' }, class: 'SYN', from: 'client', port: 80 },
          { effect: { kind: 'reset' }, class: 'segment' },
          { effect: { kind: 'icmp', message: 'port unreachable' }, class: 'FIN', until: 5_000_000 },
        ],
      },
    ],
    ['nat box on wire', { kind: 'nat', name: 'box', link: 'wire', unknown: 'drop' }],
    [
      'nat box on wire { forgets after 300s  resets unknown segments }',
      { kind: 'nat', name: 'box', link: 'wire', idle: 300_000_000, unknown: 'reset' },
    ],
    ['nat box on wire { forwards unknown segments }', { kind: 'nat', name: 'box', link: 'wire', unknown: 'remap' }],
  ])('%s', (line, plan) => {
    expect(boxOf(line)).toEqual(plan);
  });
});

describe('what happens on the way', () => {
  it.each([
    ['edge reports host unreachable', { kind: 'router-report', middlebox: 'edge', message: 'host unreachable' }],
    [
      'edge reports port unreachable for server',
      { kind: 'router-report', middlebox: 'edge', message: 'port unreachable', host: 'server' },
    ],
    ['edge forwards again', { kind: 'router-forward', middlebox: 'edge' }],
    [
      'wall drops data segments from server until 5s',
      {
        kind: 'firewall-rule',
        middlebox: 'wall',
        effect: { kind: 'drop' },
        class: 'data segment',
        from: 'server',
        until: 5_000_000,
      },
    ],
    [
      'wall rejects SYNs to port 80 with communication prohibited',
      {
        kind: 'firewall-rule',
        middlebox: 'wall',
        effect: { kind: 'icmp', message: 'communication prohibited' },
        class: 'SYN',
        port: 80,
      },
    ],
    ['wall lets everything through', { kind: 'firewall-open', middlebox: 'wall' }],
    ['box forgets conn', { kind: 'nat-forget', middlebox: 'box', connection: 'conn' }],
    ['box forgets everything', { kind: 'nat-forget', middlebox: 'box' }],
    ['wire is cut between edge and box', { kind: 'link-cut', link: 'wire', between: ['edge', 'box'] }],
    [
      'wire is restored between box and server from server',
      { kind: 'link-restore', link: 'wire', between: ['box', 'server'], from: 'server' },
    ],
    ['client loses carrier', { kind: 'host-carrier', host: 'client', up: false }],
    ['client regains carrier on wire', { kind: 'host-carrier', host: 'client', link: 'wire', up: true }],
    ["client's device queue is full", { kind: 'host-queue', host: 'client', full: true }],
    ['client’s device queue has room on wire', { kind: 'host-queue', host: 'client', link: 'wire', full: false }],
    ['client loses the route to server', { kind: 'host-route', host: 'client', to: 'server', present: false }],
    ['server regains the route to client', { kind: 'host-route', host: 'server', to: 'client', present: true }],
  ])('%s', (statement, action) => {
    const boxes = 'firewall wall on wire\nrouter edge on wire\nnat box on wire\n';
    expect(actionOf(`${boxes}at 1s ${statement}`)).toEqual(action);
  });

  it('a shared segment, in the block of the link or as a statement', () => {
    expect(planOf('shared segment on wire').links[0]).toMatchObject({ shared: true });
    expect(planOf('').links[0]).not.toHaveProperty('shared');
  });
});
