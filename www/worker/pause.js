/** Lets pending requests of the page run. */
export const pause = () => new Promise((resolve) => setTimeout(resolve));
