// Runs before first paint so that the page never flashes in the wrong theme. No other job belongs here.
;(() => {
  let choice = "system"
  try {
    choice = localStorage.getItem("veza.theme") || "system"
  } catch {}
  if (choice === "dark" || choice === "light") document.documentElement.dataset.theme = choice
})()
