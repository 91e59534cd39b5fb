// Light, dark, or as the system says; kept on this device. Loaded in <head> without defer, so that the page
// is never painted in the wrong light first.
{
  const root = document.documentElement;
  const order = ["system", "light", "dark"];
  const words = { system: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };

  const kept = () => {
    try {
      return order.includes(localStorage.theme) ? localStorage.theme : "system";
    } catch {
      return "system"; // storage is closed to us; the choice lasts as long as the page
    }
  };
  const keep = (theme) => {
    try {
      localStorage.theme = theme;
    } catch {}
  };
  const paint = (theme) => {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
  };
  const label = (theme) => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.setAttribute("aria-label", words[theme]);
      button.title = words[theme];
    }
  };

  let theme = kept();
  paint(theme);
  document.addEventListener("DOMContentLoaded", () => label(theme));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    theme = order[(order.indexOf(theme) + 1) % order.length];
    keep(theme);
    paint(theme);
    label(theme);
  });
}
