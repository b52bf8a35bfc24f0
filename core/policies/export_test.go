package policies

// Bounded lets tests use a call that hangs.
var Bounded = bounded
