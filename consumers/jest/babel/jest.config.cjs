// The packages have no CommonJS: Babel makes it of them too, and of ky, which they import.
module.exports = { transformIgnorePatterns: ["/node_modules/(?!(?:@auth/[^/]+|ky)/)"] };
