// Package appliance wires the records, the backups and the pages into one
// running program, and is every command of it. It is the only package that
// knows all the others, and it owns no rule of the salon.
package appliance
