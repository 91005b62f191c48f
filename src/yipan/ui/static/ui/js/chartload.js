/* Charts are heavy: their library is fetched only on a page that has one, and when it comes near the screen. */
const charts = document.querySelectorAll("[data-chart]");
if (charts.length) {
  const { draw } = await import("./charts.js");
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watch.unobserve(target);
      draw(target);
    }
  }, { rootMargin: "200px" });
  charts.forEach((chart) => watch.observe(chart));
}
