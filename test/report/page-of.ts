// Opens a page in a headless browser, where one is installed, and notes whatever the page asks for or complains about.
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

export const withoutBrowser: string | false = CHROMIUM === undefined && 'no Chromium in /usr/bin';

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM!,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
}

export interface OpenedPage {
  readonly page: Page;
  /** Errors, console messages, and addresses other than the file's own. */
  readonly complaints: string[];
}

export async function openPage(browser: Browser, path: string, width: number): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== `file://${path}`) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(`file://${path}`);
  return { page, complaints };
}
