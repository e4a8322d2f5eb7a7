/** Whether an answer is a redirect that was not followed. Where a redirect leads, a page is not shown. */
export function isRedirect({ status, type }: Response): boolean {
  return (status > 300 && status < 304) || status === 307 || status === 308 || type === "opaqueredirect";
}
