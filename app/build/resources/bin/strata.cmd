@echo off
"%~dp0..\node\bin\node.exe" --enable-source-maps "%~dp0..\app.asar.unpacked\out\node\strata.mjs" %*
