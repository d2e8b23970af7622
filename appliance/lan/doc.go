// Package lan knows how the tablets in the salon reach the appliance and why
// they can trust it: the certificate authority made for this one box, the
// certificates it serves, the listener that also answers plain HTTP, and the
// host names that are ours. It knows nothing of pages or records.
package lan
