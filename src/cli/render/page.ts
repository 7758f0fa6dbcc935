// A page that can be mailed: a single file, without scripts and without anything from elsewhere. What is put into
// it is escaped by the template that it comes from.

import { Html, markup } from './html.js';
import { PAGE_STYLE } from './page-style.js';

export interface Page {
  readonly title: string;
  /** Of the program that makes the page. */
  readonly version: string;
  /** What stands under the title, above everything else. */
  readonly header: Html;
  readonly main: Html;
  /** What must be known to read the page, behind the program's name. */
  readonly footer: string;
}

/** The whole page. */
export function page({ title, version, header, main, footer }: Page): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="bacvault ${version}">
<title>${title}</title>
<style>${new Html(PAGE_STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${header}
</header>
<main>
${main}
</main>
<footer>Made by bacvault ${version}. ${footer}</footer>
</body>
</html>
`.text;
}
