// Arrows point down: app → features → ui → lib. Features never meet; nothing goes in circles.
export default {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "features-do-not-meet",
      severity: "error",
      from: { path: "^src/features/([^/]+)/" },
      to: { path: "^src/features/", pathNot: "^src/features/$1/" },
    },
    {
      name: "features-do-not-know-the-app",
      severity: "error",
      from: { path: "^src/features/", pathNot: "\\.stories\\.tsx$" },
      to: { path: "^src/(?:app/|main)" },
    },
    {
      name: "ui-knows-only-lib",
      severity: "error",
      from: { path: "^src/ui/" },
      to: { path: "^src/(?:app|features)/" },
    },
    {
      name: "lib-knows-nobody",
      severity: "error",
      from: { path: "^src/lib/", pathNot: "\\.test\\.tsx?$" },
      to: { path: "^src/(?:app|features|ui|testing)/" },
    },
    {
      name: "the-product-needs-no-test-code",
      severity: "error",
      from: { path: "^src/", pathNot: "\\.(?:stories|test)\\.tsx?$|^src/testing/" },
      to: { path: "^src/testing/" },
    },
    { name: "resolved", severity: "error", from: {}, to: { couldNotResolve: true, pathNot: "^hls\\.js/light$" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  },
}
