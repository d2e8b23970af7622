package appliance

import "runtime/debug"

// version is the release this source becomes. A restore point names it, so
// that a program that is too old can say which one to install.
const version = "0.1.0"

// revision is the commit the program was built from, "" if the build did not
// note it.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}
