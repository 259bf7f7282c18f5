// SPDX-License-Identifier: Apache-2.0
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/**
 * The script of the page. It runs in the reader's browser from its own text, so it refers to nothing outside itself.
 * It only shows, hides and focuses what is there: it never makes markup.
 */
export function pageScript(): void {
  const all = <T extends Element>(selector: string, root: ParentNode = document) => [
    ...root.querySelectorAll<T>(selector),
  ];
  const one = <T extends Element>(selector: string, root: ParentNode = document) => root.querySelector<T>(selector);
  const reveal = (element: Element | null) => element?.removeAttribute('hidden');

  const filter = one<HTMLInputElement>('#filter');
  const count = one<HTMLOutputElement>('#count');
  const buttons = all<HTMLButtonElement>('[data-show]');
  const tests = all<HTMLElement>('.test').map((element) => {
    const path = [element.closest('.target'), element.closest('.suite')].map((part) => part?.getAttribute('data-name'));
    return {
      element,
      anchor: one('details', element)?.id ?? '',
      status: element.dataset.status ?? '',
      text: [...path, element.textContent].join(' ').toLowerCase(),
    };
  });
  let shownStatus = '';

  const apply = () => {
    const words = (filter?.value ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const active = words.length > 0 || shownStatus !== '';
    const kept = new Set<string>();
    for (const { element, anchor, status, text } of tests) {
      const fits = (shownStatus === '' || status === shownStatus) && words.every((word) => text.includes(word));
      element.hidden = !fits;
      if (fits) kept.add(anchor);
    }
    for (const suite of all<HTMLElement>('.suite')) suite.hidden = active && !one('.test:not([hidden])', suite);
    for (const target of all<HTMLElement>('.target')) target.hidden = active && !one('.test:not([hidden])', target);
    for (const failure of all<HTMLElement>('.failure')) failure.hidden = active && !kept.has(failure.dataset.of ?? '');
    for (const row of all<HTMLElement>('.grid tbody tr')) {
      row.hidden = active && !all<HTMLAnchorElement>('a', row).some((link) => kept.has(decode(link.hash)));
    }
    for (const section of all<HTMLElement>('.failures')) section.hidden = !one('.failure:not([hidden])', section);
    const nothing = one<HTMLElement>('#nothing');
    if (nothing) nothing.hidden = !(active && kept.size === 0);
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.show === shownStatus));
    if (count) count.textContent = active ? `${kept.size} of ${tests.length} tests` : '';
  };
  const clear = () => {
    if (filter) filter.value = '';
    shownStatus = '';
    apply();
  };
  filter?.addEventListener('input', apply);
  for (const button of buttons) {
    button.addEventListener('click', () => {
      shownStatus = button.dataset.show ?? '';
      apply();
    });
  }

  // Links to a part: unfold all around it and itself, whatever the filter hides.
  function decode(hash: string): string {
    try {
      return decodeURIComponent(hash.slice(1));
    } catch {
      return hash.slice(1);
    }
  }
  const follow = () => {
    const wanted = document.getElementById(decode(location.hash));
    if (!wanted || location.hash === '') return;
    if (wanted.closest('[hidden]')) clear();
    for (let at: Element | null = wanted; at; at = at.parentElement)
      if (at instanceof HTMLDetailsElement) at.open = true;
    wanted.scrollIntoView();
    if (wanted instanceof HTMLDetailsElement) one<HTMLElement>('summary', wanted)?.focus({ preventScroll: true });
  };
  window.addEventListener('hashchange', follow);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#"]') : null;
    // The browser tells of no change when the address is the same as before.
    if (link && link.hash === location.hash) follow();
  });

  const stops = () =>
    all<HTMLElement>('.failure summary, .target summary').filter((summary) => summary.checkVisibility());
  const move = (from: Element | null, step: number) => {
    const list = stops();
    const at = from instanceof HTMLElement ? list.indexOf(from) : -1;
    const next = from === filter ? (step > 0 ? list[0] : undefined) : list[at + step];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
    return next !== undefined;
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = document.activeElement;
    const typing = at instanceof HTMLInputElement && at.type === 'search';
    if (event.key === '/' && !typing && filter) {
      filter.focus();
      filter.select();
    } else if (event.key === 'Escape' && (at === filter || !typing)) clear();
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (at !== filter && at?.tagName !== 'SUMMARY') return;
      if (!move(at, event.key === 'ArrowDown' ? 1 : -1)) return;
    } else return;
    event.preventDefault();
  });

  // The table of tests and kernels is one stop for Tab, arrows move inside.
  for (const grid of all('.grid')) {
    const rows = () => all('tbody tr:not([hidden])', grid).map((row) => all<HTMLAnchorElement>('a', row));
    for (const link of all<HTMLAnchorElement>('a', grid)) link.tabIndex = -1;
    const first = one<HTMLAnchorElement>('a', grid);
    if (first) first.tabIndex = 0;
    grid.addEventListener('keydown', (event) => {
      if (!(event instanceof KeyboardEvent)) return;
      const table = rows();
      const at = document.activeElement as HTMLAnchorElement;
      const y = table.findIndex((row) => row.includes(at));
      const x = table[y]?.indexOf(at) ?? -1;
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      const next = step && y >= 0 ? table[y + (step[1] ?? 0)]?.[x + (step[0] ?? 0)] : undefined;
      if (!next) return;
      for (const link of all<HTMLAnchorElement>('a', grid)) link.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
      event.preventDefault();
    });
  }

  for (const log of all('.log')) {
    const tools = one('.log-tools', log);
    const list = one<HTMLElement>('.lines', log);
    const input = one<HTMLInputElement>('input[type=search]', log);
    const output = one('output', log);
    if (!tools || !list || !input || !output) continue;
    reveal(tools);
    let hits: Element[] = [];
    let now = -1;
    const go = (index: number) => {
      hits[now]?.classList.remove('now');
      now = hits.length === 0 ? -1 : (index + hits.length) % hits.length;
      const hit = hits[now];
      hit?.classList.add('now');
      if (hit instanceof HTMLElement) list.scrollTop = hit.offsetTop - list.offsetTop - list.clientHeight / 2;
      output.textContent = input.value === '' ? '' : hits.length === 0 ? 'not found' : `${now + 1} of ${hits.length}`;
    };
    const find = () => {
      const wanted = input.value.toLowerCase();
      for (const hit of hits) hit.classList.remove('hit', 'now');
      hits =
        wanted === ''
          ? []
          : all('li:not(.gap)', list).filter((line) => line.textContent?.toLowerCase().includes(wanted));
      for (const hit of hits) hit.classList.add('hit');
      now = -1;
      go(0);
    };
    input.addEventListener('input', find);
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') go(now + (event.shiftKey ? -1 : 1));
      if (event.key === 'Escape') {
        input.value = '';
        find();
      }
    });
    for (const button of all<HTMLButtonElement>('[data-step]', tools)) {
      button.addEventListener('click', () => go(now + Number(button.dataset.step)));
    }
    const only = one<HTMLInputElement>('input[type=checkbox]', tools);
    only?.addEventListener('change', () => list.classList.toggle('bad-only', only.checked));
  }

  // Paper cannot be unfolded.
  let folded: HTMLDetailsElement[] = [];
  window.addEventListener('beforeprint', () => {
    folded = all<HTMLDetailsElement>('details:not([open], .log)');
    for (const details of folded) details.open = true;
  });
  window.addEventListener('afterprint', () => {
    for (const details of folded) details.open = false;
  });

  reveal(one('.toolbar'));
  if (filter) reveal(one('.keys'));
  follow();
  // The browser goes to the address by itself once all is loaded, and takes the focus away.
  window.addEventListener('load', () => setTimeout(follow));
}
