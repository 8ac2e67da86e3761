#!/usr/bin/env node
// `npx tcpscn` in a clone: the command line as it was built, or what to do where nothing was built yet.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const cli = join(__dirname, 'dist', 'cli.js');
if (existsSync(cli)) require(cli);
else {
  console.error(
    'tcpscn: It is not built yet: `npm install` does that, or `npm run build` where the packages are installed.\n' +
      'tcpscn：尚未构建。请运行 `npm install`；若依赖已安装，运行 `npm run build` 即可。',
  );
  process.exitCode = 2;
}
