module bookings.example.com/worker

go 1.24.0

require (
	bookings.example.com/shared v0.3.2 // indirect
	example.com/queue v1.5.9
	example.com/retry v1.0.0
)

replace (
	bookings.example.com/shared => ../shared
	example.com/queue => forks.example.net/queue v1.4.0
	example.com/retry v1.0.0 => ../libs/retry
)

exclude bookings.example.com/shared v0.3.1
