export function fetchWith(authorization: string): typeof fetch;
