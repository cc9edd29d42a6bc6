(() => {
  'use strict';
  const bar = document.getElementById('filter');
  if (!bar) return;
  const box = bar.querySelector('input');
  const buttons = [...bar.querySelectorAll('[data-best]')];
  const status = bar.querySelector('[role=status]');
  const unfold = bar.querySelector('[data-open]');
  const nothing = document.getElementById('nothing');
  const plain = text => text.normalize('NFKC').toLowerCase();
  const demands = [...document.querySelectorAll('article')].map(article => ({
    article,
    link: document.querySelector(`nav a[href="#${article.id}"]`),
    text: '',
  }));
  const read = demand => demand.text ||= plain(
    [...demand.article.querySelectorAll('.t')].map(part => part.textContent).join('\n'));
  let best = '';

  const choose = () => {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const demand of demands) {
      const fits = (!best || demand.article.dataset.best === best) && words.every(word => read(demand).includes(word));
      demand.article.hidden = !fits;
      if (demand.link) demand.link.parentElement.hidden = !fits;
      shown += fits;
    }
    for (const part of document.querySelectorAll('.part')) {
      part.hidden = !part.querySelector('article:not([hidden])');
    }
    nothing.hidden = shown > 0;
    status.textContent = status.dataset.said.replace('{n}', shown).replace('{all}', demands.length);
  };

  box.addEventListener('input', choose);
  for (const button of buttons) {
    button.addEventListener('click', () => {
      best = button.dataset.best;
      for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
      choose();
    });
  }
  nothing.querySelector('button').addEventListener('click', () => {
    box.value = '';
    buttons[0].click();
    box.focus();
  });
  unfold.addEventListener('click', () => {
    const open = unfold.getAttribute('aria-pressed') !== 'true';
    for (const { article } of demands) {
      if (article.hidden) continue;
      for (const fold of article.querySelectorAll('details')) fold.open = open;
    }
    unfold.setAttribute('aria-pressed', String(open));
    unfold.textContent = open ? unfold.dataset.close : unfold.dataset.open;
  });
  document.addEventListener('keydown', event => {
    if (event.key === '/' && !event.ctrlKey && !event.metaKey && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.key === 'Escape' && event.target === box && box.value) {
      box.value = '';
      choose();
    }
  });

  if ('IntersectionObserver' in window) {
    const seen = new Set();
    const watch = new IntersectionObserver(entries => {
      for (const { target, isIntersecting } of entries) seen[isIntersecting ? 'add' : 'delete'](target);
      const first = demands.find(demand => seen.has(demand.article));
      for (const { link } of demands) link?.removeAttribute('aria-current');
      if (!first?.link) return;
      first.link.setAttribute('aria-current', 'true');
      const list = first.link.closest('nav');
      const gap = first.link.offsetTop - list.scrollTop;
      if (gap < 40 || gap > list.clientHeight - 60) list.scrollTop = first.link.offsetTop - list.clientHeight / 3;
    }, { rootMargin: '-80px 0px -55% 0px' });
    for (const { article } of demands) watch.observe(article);
  }
  choose();
  bar.hidden = false;
})();
