package diagnosis

// CrossgateConfig returns the policy that the code for Crossgate contains.
var CrossgateConfig = crossgateConfig
