const tsconfig = {
  allowJs: true,
  esModuleInterop: true,
  module: "commonjs",
  moduleResolution: "node10",
  target: "es2022",
  isolatedModules: true,
};

module.exports = {
  transform: { "\\.[jt]s$": ["ts-jest", { tsconfig, diagnostics: false }] },
  transformIgnorePatterns: ["/node_modules/(?!(?:@auth/[^/]+|ky)/)"],
};
