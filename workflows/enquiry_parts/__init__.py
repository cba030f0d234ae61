"""The parts of EnquiryWorkflow, in the order in which an enquiry goes through them."""
