"""Compare arms on shares: conversion, take rate. Exact and score tests, intervals, and the Beta distribution."""
