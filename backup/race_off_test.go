//go:build !race

package backup_test

// everyByte is the distance between the bytes that the exhaustive tests alter.
const everyByte = 1
