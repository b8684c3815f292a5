module example.com/storage/keyvalue/v3

go 1.22

require example.com/hash/fast v1.1.0

require example.com/sys v0.0.0-20250314092653-589793238462 // indirect
