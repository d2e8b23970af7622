// Salonkeep keeps a salon's records on a PC in the salon, serves them to the
// tablets on its Wi-Fi, and seals a copy every night.
package main

import (
	"os"

	"salonkeep/appliance"
)

func main() {
	os.Exit(appliance.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
