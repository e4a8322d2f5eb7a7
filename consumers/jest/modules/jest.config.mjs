// Run with NODE_OPTIONS=--experimental-vm-modules.
export default { transform: {} };
