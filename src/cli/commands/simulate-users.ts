// vsr simulate-users: people for data that has none, clearly marked.
import type { CommandModule } from '../command.js';

export const simulateUsersCommand: CommandModule = {
  flags: [
    {
      usage: '--kind <kind>',
      key: ['simulateUsers', 'kind'],
      kind: 'text',
      description: 'preferences: nine who trade quality against cost (default); personas: nine played by --model',
    },
    {
      usage: '--output <file>',
      key: ['simulateUsers', 'output'],
      kind: 'text',
      description: 'of preferences (default users.jsonl)',
    },
    {
      usage: '--votes <file>',
      key: ['simulateUsers', 'votes'],
      kind: 'text',
      description: 'of personas (default votes.jsonl)',
    },
    {
      usage: '--model <alias>',
      key: ['simulateUsers', 'model'],
      kind: 'text',
      description: 'which model plays the personas',
    },
    {
      usage: '--per-user <count>',
      key: ['simulateUsers', 'perUser'],
      kind: 'whole',
      description: 'comparisons of each persona, each asked in both orders (default 20)',
    },
    {
      usage: '--data-file <file>',
      key: ['simulateUsers', 'dataFile'],
      kind: 'text',
      description: 'outcomes whose queries are compared (default ./outcomes.jsonl)',
    },
    {
      usage: '--responses <file>',
      key: ['simulateUsers', 'responses'],
      kind: 'text',
      description: 'the answers (default responses.jsonl beside the outcomes)',
    },
  ],
  examples: [
    'vsr simulate-users',
    'vsr simulate-users --kind personas --model gpt-4 --per-user 30',
    'vsr train --users users.jsonl --votes votes.jsonl',
  ],
  async run({ load, context, terminal, json }) {
    const { config } = await load();
    const { simulateUsers } = await import('../../pipelines/simulate-users.js');
    const result = await simulateUsers(config, context);
    if (json) await terminal.printJson(result);
    else {
      const { written, users, votes } = result;
      await terminal.print(`${written.join(', ')}: ${users} simulated users${votes > 0 ? `, ${votes} votes` : ''}`);
    }
    return 0;
  },
};
