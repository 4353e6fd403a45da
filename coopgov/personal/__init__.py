"""Personal data (*données personnelles*): what is kept of somebody, handed over, and erased when its time has come."""
