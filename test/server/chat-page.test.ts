// Chromium drives the chat page: send, stream, why, rate, switch user, reload, and nothing of an answer becomes markup.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { describe, expect, test, vi } from 'vitest';
import { answer } from '../providers/fault-server/answers.js';
import { temporaryFolder } from '../temporary-folder.js';
import { gatewayConfig, modelServer, openOnPort, toyArtifact } from './gateway-on-port.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const folder = temporaryFolder();

describe.skipIf(CHROMIUM === undefined)('the chat page (skipped where no Chromium is installed)', () => {
  test('a conversation', { timeout: 60_000 }, async () => {
    await toyArtifact(folder);
    const models = await modelServer();
    models.script(() => answer('<img src=x onerror="document.title=1">'));
    const gateway = await openOnPort(await gatewayConfig(folder.path, models.url, { 'serve.web': true }));
    const browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      await page.goto(gateway.url);
      await page.fill('#user', 'u1');
      await page.fill('#text', 'derivative integral equation');
      await page.keyboard.press('Enter');
      await page.locator('.model').waitFor();
      expect(await page.textContent('.answer')).toBe('<img src=x onerror="document.title=1">');
      expect([await page.locator('img').count(), await page.title(), await page.textContent('.model')]).toEqual([
        0,
        'vsr chat',
        'mathematician',
      ]);
      await page.click('.more');
      expect(await page.locator('tr').count()).toBe(4);
      await page.click('[aria-label="Good answer"]');
      await vi.waitFor(() => expect(gateway.parts.state.turnsOf('u1').length).toBe(1));
      await page.fill('#user', 'u2');
      await page.dispatchEvent('#user', 'change');
      await page.check('#route-only');
      await page.fill('#text', 'onion butter garlic');
      await page.keyboard.press('Enter');
      await page.locator('.model').nth(1).waitFor();
      expect(await page.locator('.model').nth(1).textContent()).toBe('cook');
      expect(models.asked.length).toBe(1);
      await page.reload();
      expect([await page.inputValue('#user'), await page.textContent('.asked')]).toEqual([
        'u2',
        'derivative integral equation',
      ]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      expect(problems.filter((text) => !text.includes('favicon'))).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
