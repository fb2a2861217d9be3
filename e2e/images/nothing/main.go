// The whole program of the bare Job that `make bench-job` compares with.
package main

func main() {}
