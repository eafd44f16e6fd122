"use strict";
(() => {
  const form = document.querySelector("form.filter");
  const rows = [...document.querySelectorAll("tr[data-clause]")];
  const tenants = [...document.querySelectorAll("section[data-tenant]")];
  const chosen = (name) => form.elements[name].value;

  function apply() {
    const clause = chosen("clause");
    const verdict = chosen("verdict");
    const tenant = chosen("tenant");
    let shown = 0;
    for (const row of rows) {
      const there =
        (!tenant || row.dataset.tenant === tenant) &&
        (!clause || row.dataset.clause === clause || row.dataset.clause.startsWith(clause + ".")) &&
        (!verdict || row.dataset.verdict === verdict);
      row.hidden = !there;
      shown += there ? 1 : 0;
    }
    for (const section of tenants) {
      section.hidden = !section.querySelector("tr[data-clause]:not([hidden])");
    }
    form.elements.count.value = `${shown} of ${rows.length} verdicts`;
    const wanted = new URLSearchParams();
    for (const [name, value] of Object.entries({ tenant, clause, verdict })) {
      if (value) wanted.set(name, value);
    }
    // A filtered page can be sent on as an address.
    history.replaceState(null, "", wanted.size ? `#${wanted}` : "#");
  }

  const asked = new URLSearchParams(location.hash.slice(1));
  for (const name of ["tenant", "clause", "verdict"]) {
    const value = asked.get(name);
    if ([...form.elements[name].options].some((option) => option.value === value)) {
      form.elements[name].value = value;
    }
  }
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.hidden = false;
  if (asked.size && !document.getElementById(location.hash.slice(1))) apply();
  else form.elements.count.value = `${rows.length} of ${rows.length} verdicts`;
})();
