module bookings.example.com/api

go 1.24.0

require (
	bookings.example.com/shared v0.4.0
	example.com/http/router/v2 v2.3.0
	example.com/queue v1.6.0
)

require example.com/text v0.21.0 // indirect

replace example.com/queue => forks.example.net/queue v1.5.0
