@echo off
rem Runs tonghop in its own environment, which is made on first use. Needs Python 3.11 or newer.
rem TONGHOP_PYTHON names the Python to make the environment with; see pipelines\bootstrap.py.
rem This file stays plain ASCII, because the console's code page decides how it is read.
setlocal EnableExtensions DisableDelayedExpansion
set "PYTHONUTF8=1"
set "PYTHONHOME="
set "TONGHOP_HERE=%~dp0"
set "TONGHOP_FITS=import sys; sys.exit(sys.version_info < (3, 11))"

if not exist "%TONGHOP_HERE%.venv\Scripts\python.exe" goto prepare
"%SystemRoot%\System32\fc.exe" /b "%TONGHOP_HERE%requirements.lock" "%TONGHOP_HERE%.venv\tonghop-requirements.lock" >nul 2>&1
if not %ERRORLEVEL% equ 0 goto prepare
"%TONGHOP_HERE%.venv\Scripts\python.exe" -P -m pipelines %*
exit /b %ERRORLEVEL%

:prepare
if defined TONGHOP_PYTHON goto given
py -3 -c "%TONGHOP_FITS%" >nul 2>&1 <nul
if %ERRORLEVEL% equ 0 goto launcher
python -c "%TONGHOP_FITS%" >nul 2>&1 <nul
if %ERRORLEVEL% equ 0 goto plain
echo tonghop: Khong tim thay Python 3.11 tro len. Hay cai Python, hoac dat bien TONGHOP_PYTHON.>&2
echo tonghop: No Python 3.11 or newer was found. Install one, or name it in TONGHOP_PYTHON.>&2
exit /b 2

:given
"%TONGHOP_PYTHON%" -c "%TONGHOP_FITS%" >nul 2>&1 <nul
if not %ERRORLEVEL% equ 0 goto misfit
"%TONGHOP_PYTHON%" -I "%TONGHOP_HERE%pipelines\bootstrap.py" run %*
exit /b %ERRORLEVEL%

:launcher
py -3 -I "%TONGHOP_HERE%pipelines\bootstrap.py" run %*
exit /b %ERRORLEVEL%

:plain
python -I "%TONGHOP_HERE%pipelines\bootstrap.py" run %*
exit /b %ERRORLEVEL%

:misfit
echo tonghop: TONGHOP_PYTHON khong phai la Python 3.11 tro len.>&2
echo tonghop: TONGHOP_PYTHON is not a Python 3.11 or newer that runs.>&2
exit /b 2
