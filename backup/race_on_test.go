//go:build race

package backup_test

// everyByte is the distance between the bytes that the exhaustive tests alter:
// the race detector makes each look ten times as slow and finds nothing new in
// the next byte.
const everyByte = 29
